"""Sound over WebSockets: the browser's microphone, and plain samples of a telephone system."""
