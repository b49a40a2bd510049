package org.newsdex.analyzers;

import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.elasticsearch.plugin.Inject;
import org.elasticsearch.plugin.NamedComponent;
import org.elasticsearch.plugin.analysis.TokenFilterFactory;
import org.elasticsearch.plugin.settings.AnalysisSettings;
import org.elasticsearch.plugin.settings.BooleanSetting;

/** Keeps the first of equal tokens. */
@NamedComponent("unique")
public final class Unique implements TokenFilterFactory {

    /** What an index may set. */
    @AnalysisSettings
    public interface Settings {
        /** Whether tokens are equal only where they also stand at the same position. */
        @BooleanSetting(path = "only_on_same_position", defaultValue = false)
        boolean onlyOnSamePosition();
    }

    private final boolean onlyOnSamePosition;

    @Inject
    public Unique(Settings settings) {
        onlyOnSamePosition = settings.onlyOnSamePosition();
    }

    @Override
    public TokenStream create(TokenStream tokens) {
        return onlyOnSamePosition ? new RemoveDuplicatesTokenFilter(tokens) : new UniqueTokenFilter(tokens);
    }
}
