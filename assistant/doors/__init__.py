"""Where telephone systems bring the sound of calls.

Each protocol is a pure reader (messages or packets in, commands out) that knows no socket; what
opens sockets feeds the commands to `assistant.hearing`.
"""
