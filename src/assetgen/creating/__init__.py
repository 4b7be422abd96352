"""Write the files of a new campaign, message, template or channel."""
