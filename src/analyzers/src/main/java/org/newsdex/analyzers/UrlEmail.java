package org.newsdex.analyzers;

import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.elasticsearch.plugin.Inject;
import org.elasticsearch.plugin.NamedComponent;
import org.elasticsearch.plugin.analysis.TokenizerFactory;
import org.elasticsearch.plugin.settings.AnalysisSettings;
import org.elasticsearch.plugin.settings.IntSetting;

/** Splits text into words (UAX 29) and keeps web and e-mail addresses whole. */
@NamedComponent("uax_url_email")
public final class UrlEmail implements TokenizerFactory {

    /** What an index may set. */
    @AnalysisSettings
    public interface Settings {
        /** Longer tokens are cut at this many characters. */
        @IntSetting(path = "max_token_length", defaultValue = 255)
        int maxTokenLength();
    }

    private final int maxTokenLength;

    @Inject
    public UrlEmail(Settings settings) {
        maxTokenLength = settings.maxTokenLength();
    }

    @Override
    public Tokenizer create() {
        var tokenizer = new UAX29URLEmailTokenizer();
        tokenizer.setMaxTokenLength(maxTokenLength);
        return tokenizer;
    }
}
