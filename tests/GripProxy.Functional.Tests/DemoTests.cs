using System.Runtime.InteropServices;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_OnFreePorts_PrintsItsAddressServesThePageAndStopsOnCtrlC()
    {
        DemoProcess demo = new();
        await demo.InitializeAsync();
        try
        {
            await demo.Process.Output.WaitForAsync(line => line.Contains(demo.Page, StringComparison.Ordinal));
            await using RawHttp client = await RawHttp.ConnectAsync(demo.Client);
            RawResponse page = await client.GetAsync("/", demo.Client.ToString());
            Assert.Equal(200, page.Status);
            Assert.StartsWith("text/html", page.Header("Content-Type"), StringComparison.Ordinal);
            Assert.Contains("<title>GripProxy demo</title>", page.Body, StringComparison.Ordinal);

            demo.Process.Signal(PosixSignal.SIGINT);

            Assert.Equal(0, await demo.Process.ExitCodeAsync());
        }
        finally
        {
            await demo.DisposeAsync();
        }
    }
}
