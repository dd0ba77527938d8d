using GripProxy.Proxy.Tests.Commands.Publish;

namespace GripProxy.Proxy.Tests.Commands.Admin;

public sealed class ReloadCommandTests
{
    [Fact]
    public async Task Errors_AreNamedWithFileAndLine_AsFarAsTheyHaveThem()
    {
        await using var port = await ControlPort.StartAsync(
            422,
            """
            {"detail":"3 errors","code":"invalid_configuration","details":{"errors":[
                {"file":"routes","line":1,"text":"no target"},{"file":"a.crt","line":null,"text":"it is broken"},{"file":"","line":null,"text":"nothing can be read"}]}}
            """,
            "application/problem+json");

        var run = await CommandRun.OfAsync("reload", "--admin", port.Url);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            "error: 3 errors (invalid_configuration)\n  routes:1: no target\n  a.crt: it is broken\n  nothing can be read\n",
            run.Error);
    }
}
