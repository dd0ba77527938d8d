using GripProxy.Channels.Connections;

namespace GripProxy.Control.Tests.Zmtp.Commands;

/// <summary>Connections that are there because a test says so; the last one is a WebSocket.</summary>
internal sealed class KnownConnections(params string[] ids) : IConnectionDirectory
{
    public bool IsAlive(string id) => ids.Contains(id);

    public bool Refresh(string id) => ids.Length > 0 && ids[^1] == id;

    // The doors ask only for ids; what a connection looks like is for the HTTP side.
    public IHeldConnection? Find(string id) => null;

    public int Count => ids.Length;

    public IEnumerable<IHeldConnection> All => [];
}
