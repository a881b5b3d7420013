"""Views: from the index of a registry to what a page shows, as frozen values. No request, no file, no HTML."""
