namespace GripProxy.Functional.Tests.Fixture;

/// <summary>One proxy in front of one origin, shared by the tests of a class; each test uses paths and channels of its own.</summary>
public class ProxyWithOrigin : IAsyncLifetime
{
    /// <summary>Set before any test runs.</summary>
    public FakeOrigin Origin { get; private set; } = null!; // by InitializeAsync

    /// <summary>Set before any test runs.</summary>
    public GripProxyProcess Proxy { get; private set; } = null!; // by InitializeAsync

    public virtual async Task InitializeAsync()
    {
        Origin = await FakeOrigin.StartAsync();
        ProxySetup setup = new ProxySetup().Route($"* {Origin.Address}");
        Configure(setup);
        Proxy = await GripProxyProcess.StartAsync(setup);
    }

    public virtual async Task DisposeAsync()
    {
        if (Proxy is not null)
        {
            await Proxy.DisposeAsync();
        }

        await Origin.DisposeAsync();
    }

    protected virtual void Configure(ProxySetup setup)
    {
    }
}
