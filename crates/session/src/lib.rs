//! Load, jobs, replay, plans, views: the API that every door uses. Knows no JavaScript and no files.
