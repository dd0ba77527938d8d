using System.Net.Security;
using System.Text;
using GripProxy.Proxy.Listeners;
using GripProxy.Testing;

namespace GripProxy.Proxy.Tests.Listeners.Http2;

/// <summary>Floods at a real listener, with TLS and without.</summary>
public sealed class Http2GuardTests : IDisposable
{
    private static readonly byte[] Preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    private static readonly byte[] Settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-test");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connection_WithTooManySettings_EndsAndIsCounted(bool secure)
    {
        var options = new ClientListenerOptions
        {
            Listen = secure ? [] : [ClientServer.AnyPort],
            TlsListen = secure ? [ClientServer.AnyPort] : [],
            CertificateFolder = _folder.FullName,
            Http2PriorKnowledge = true,
            Http2Control = 100,
        };
        await using var server = await ClientServer.StartAsync(options);
        using var refusals = new Refusals(server.Meters);
        TestCertificate.Write(_folder.FullName, $"default_{server.Address.Port}", "a.example");
        await using var client = await ConnectAsync(server, secure);

        await client.WriteAsync((byte[])[.. Preface, .. Settings]);
        // Until the server has taken our settings: it speaks HTTP/2 from here on.
        (int Type, int Flags)? frame;
        do
        {
            frame = await ReadFrameAsync(client);
            Assert.NotNull(frame);
        }
        while (frame != (4, 1));

        await client.WriteAsync(Enumerable.Repeat(Settings, 1000).SelectMany(static each => each).ToArray());

        while (await ReadFrameAsync(client) is not null)
        {
            // Whatever it still says.
        }

        Assert.Equal(["h2_control"], refusals.Reasons);
    }

    private static async Task<Stream> ConnectAsync(ClientServer server, bool secure)
    {
        Stream stream = await ClientServer.ConnectAsync(server.Address);
        if (!secure)
            return stream;
        var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "a.example",
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        }).WaitAsync(ClientServer.Patience);
        return tls;
    }

    /// <summary>Type and flags of the next frame; null: the connection has ended.</summary>
    private static async Task<(int Type, int Flags)?> ReadFrameAsync(Stream client)
    {
        var head = new byte[9];
        try
        {
            if (await client.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false).AsTask().WaitAsync(ClientServer.Patience) < head.Length)
                return null;
        }
        catch (IOException)
        {
            // Reset, because what we sent is not read any more.
            return null;
        }

        await client.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]]);
        return (head[3], head[4]);
    }
}
