using Microsoft.AspNetCore.SignalR.Protocol;

namespace GripProxy.SignalR.Protocols;

/// <summary>The framings of all protocols that clients may speak. Immutable.</summary>
internal sealed class HubFramings(IReadOnlyList<HubFraming> all)
{
    /// <summary>The framing of a protocol.</summary>
    public HubFraming Of(IHubProtocol protocol) => all.First(framing => framing.Protocol == protocol.Name);
}
