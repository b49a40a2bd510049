"""Newsdex: raw news text in, a clean, dated, language-tagged, searchable archive out."""
