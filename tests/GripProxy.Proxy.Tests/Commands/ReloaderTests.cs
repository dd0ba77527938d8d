using GripProxy.Protocol.Configuration;
using GripProxy.Proxy.Commands;
using GripProxy.Testing;

namespace GripProxy.Proxy.Tests.Commands;

public sealed class ReloaderTests
{
    private const string Started = "[runner]\nhttp_port=127.0.0.1:7999\n[handler]\npush_in_http_addr=0.0.0.0\npush_in_http_port=5561\n[bearer:a]\ntoken=t\n";

    // Good for a start, but this port is open to the network already, and nobody said at the start that everybody may use it.
    private const string Keyless = "[runner]\nhttp_port=127.0.0.1:7999\n[handler]\npush_in_http_addr=127.0.0.1\npush_in_http_port=5561\n[limits]\nchannel_name=10\n";

    [Fact]
    public async Task Reload_KeysThatCannotBeTaken_SaysSoAndChangesNothing()
    {
        using var log = new LogRecorder();
        var options = Read(Started);
        await using var host = ProxyHost.Build(options, log, TimeProvider.System);
        var text = Keyless;
        using var reloader = new Reloader(host, options, () => Settings.Parse(text), TimeProvider.System, log);

        var refused = await reloader.ReloadAllOrNothingAsync();
        text = Started.Replace("token=t", "token=another", StringComparison.Ordinal);
        var taken = await reloader.ReloadAllOrNothingAsync();

        Assert.Empty(refused.Changed);
        Assert.Contains("would be open to everybody", Assert.Single(refused.Errors).Text, StringComparison.Ordinal);
        Assert.Equal(1024, options.Control.Items.MaxChannelNameBytes);
        Assert.Equal(["keys"], taken.Changed);
    }

    [Fact]
    public async Task Signal_KeysThatCannotBeTaken_KeepsThemAndTakesTheRest()
    {
        using var log = new LogRecorder();
        var options = Read(Started);
        await using var host = ProxyHost.Build(options, log, TimeProvider.System);
        var text = Keyless;
        using var reloader = new Reloader(host, options, () => Settings.Parse(text), TimeProvider.System, log);

        await reloader.ReloadWhatIsGoodAsync();
        text = Started;
        var back = await reloader.ReloadAllOrNothingAsync();

        Assert.Contains(log.Lines, static line => line.StartsWith("Error: the keys of the control port stay as they were", StringComparison.Ordinal));
        // The keys never were others.
        Assert.Equal(["limits"], back.Changed);
    }

    private static ProxyOptions Read(string text) => ProxyOptions.Read(Settings.Parse(text), ["* test"]);
}
