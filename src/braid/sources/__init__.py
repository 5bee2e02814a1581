"""Where bytes come from: packages, data sets under git-annex, model hubs; pinned and checked."""
