namespace GripProxy.Forwarding.SockJs.Sessions;

/// <summary>What finds a session again: its route's base path, and the name that the client gave it. Immutable.</summary>
internal readonly record struct SockJsSessionKey(string BasePath, string Session);
