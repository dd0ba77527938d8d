namespace GripProxy.Plugins.State;

/// <summary>The state store cannot be read or written now: its disk is full, its file damaged, its server away.</summary>
internal sealed class StateUnavailableException(string message, Exception? inner = null) : IOException(message, inner);
