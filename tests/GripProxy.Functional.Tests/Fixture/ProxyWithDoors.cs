namespace GripProxy.Functional.Tests.Fixture;

/// <summary>A proxy with all ZeroMQ doors open, over tcp and ipc.</summary>
public sealed class ProxyWithDoors : ProxyWithOrigin
{
    private readonly int _pullPort = FreePorts.Take();
    private readonly int _subPort = FreePorts.Take();

    public string Pull => $"tcp://127.0.0.1:{_pullPort}";

    public string Sub => $"tcp://127.0.0.1:{_subPort}";

    public string LocalSub => $"ipc://{Proxy.Folder}/run/sub";

    public string Command => $"ipc://{Proxy.Folder}/run/test-command";

    protected override void Configure(ProxySetup setup) => setup
        .Set("global", "ipc_prefix", "test-")
        .Set("handler", "push_in_spec", Pull)
        .Set("handler", "push_in_sub_specs", $"{Sub},ipc://{{rundir}}/sub")
        .Set("handler", "command_spec", "ipc://{rundir}/{ipc_prefix}command");
}
