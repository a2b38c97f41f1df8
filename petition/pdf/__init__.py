"""The PDF machinery: a press that prints one document in a child process and knows no feature."""
