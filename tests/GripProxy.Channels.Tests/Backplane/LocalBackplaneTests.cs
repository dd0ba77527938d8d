using GripProxy.Channels.Backplane;
using GripProxy.Channels.Publishing;
using GripProxy.Testing;

namespace GripProxy.Channels.Tests.Backplane;

public sealed class LocalBackplaneTests : BackplaneContract, IDisposable
{
    private readonly ChannelsFixture _channels = new();

    public void Dispose() => _channels.Dispose();

    protected override PublishPipeline PipelineOf(int node) => _channels.Pipeline;

    protected override TestHold HoldOf(int node) => new(_channels.Table, new LocalBackplane(_channels.Log));
}
