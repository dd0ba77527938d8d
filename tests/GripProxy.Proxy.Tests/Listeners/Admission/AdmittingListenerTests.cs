using System.Diagnostics.Metrics;
using System.Net;
using GripProxy.Proxy.Diagnostics;
using GripProxy.Proxy.Listeners;
using GripProxy.Proxy.Listeners.Admission;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Proxy.Tests.Listeners.Admission;

/// <summary>What the gate does with whom comes at the last moment.</summary>
public sealed class AdmittingListenerTests
{
    [Fact]
    public async Task Connection_AcceptedWhileTheListenerUnbinds_IsLetIn()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new ListenerMetrics(services.GetRequiredService<IMeterFactory>());
        using var gate = new AdmissionGate(new ClientListenerOptions(), metrics, TimeProvider.System, NullLogger<AdmissionGate>.Instance);
        await using var inner = new LateListener();
        await using var listener = new AdmittingListener(inner, gate);
        var accept = listener.AcceptAsync();

        await listener.UnbindAsync();
        var connection = new DefaultConnectionContext();
        inner.Accept(connection);

        await using var admitted = await accept;
        Assert.NotNull(admitted);
    }

    /// <summary>Its last accept was under way when it was unbound.</summary>
    private sealed class LateListener : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _accepted = new();

        public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

        public void Accept(ConnectionContext connection) => _accepted.SetResult(connection);

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(_accepted.Task);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => default;

        public ValueTask DisposeAsync() => default;
    }
}
