"""The drawn ideas of templates: polygons and regions that follow the copy."""
