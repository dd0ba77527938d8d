using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GripProxy.Proxy.Tests;

/// <summary>Sends bytes as they are and reads until the peer closes.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public static async Task<string> ExchangeAsync(IPEndPoint address, string request, Encoding? encoding = null)
    {
        using var client = new TcpClient();
        using var timeout = new CancellationTokenSource(Timeout);
        await client.ConnectAsync(address, timeout.Token);
        var stream = client.GetStream();
        await stream.WriteAsync((encoding ?? Encoding.Latin1).GetBytes(request), timeout.Token);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, timeout.Token);
        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
