namespace GripProxy.Functional.Tests.Fixture;

/// <summary>A proxy that delivers ten messages a second and keeps at most forty waiting for its route.</summary>
public sealed class PacedProxy : ProxyWithOrigin
{
    protected override void Configure(ProxySetup setup)
    {
        setup.Set("handler", "message_rate", "10").Set("handler", "message_hwm", "40");
        setup.Routes[0] = setup.Routes[0].Replace("* ", "*,id=paced ", StringComparison.Ordinal);
    }
}
