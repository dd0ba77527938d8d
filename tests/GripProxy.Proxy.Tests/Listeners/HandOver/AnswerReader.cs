using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GripProxy.Proxy.Tests.Listeners.HandOver;

/// <summary>One client's connection: sends text, and reads answers one by one. Owned by one task.</summary>
internal sealed class AnswerReader(NetworkStream stream) : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[4096];
    private string _read = "";

    /// <summary>Where the server sees it.</summary>
    public string Address => $"{(IPEndPoint)stream.Socket.LocalEndPoint!}"; // Connected.

    /// <summary>The head of the answer that was read last.</summary>
    public string Head { get; private set; } = "";

    public async Task SendAsync(string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>The body of the next answer; its status, where that is not 200; empty at the end.</summary>
    public async Task<string> ReadAsync()
    {
        var head = _read.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        while (head < 0)
        {
            if (!await FillAsync())
                return "";
            head = _read.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        }

        var mark = _read.IndexOf("Content-Length: ", StringComparison.Ordinal) + "Content-Length: ".Length;
        var length = int.Parse(_read.AsSpan(mark, _read.IndexOf('\r', mark) - mark), CultureInfo.InvariantCulture);
        while (_read.Length < head + 4 + length)
            Assert.True(await FillAsync(), _read);
        var answer = _read[..(head + 4 + length)];
        _read = _read[answer.Length..];
        Head = answer[..(head + 2)];
        Assert.StartsWith("HTTP/1.1 ", answer, StringComparison.Ordinal);
        var status = answer.Substring("HTTP/1.1 ".Length, 3);
        return status == "200" ? answer[(head + 4)..] : status;
    }

    /// <summary>The connection ends so that the other side sees an error.</summary>
    public async Task ResetAsync()
    {
        stream.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        await stream.DisposeAsync();
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<bool> FillAsync()
    {
        try
        {
            var count = await stream.ReadAsync(_buffer.AsMemory()).AsTask().WaitAsync(ClientServer.Patience);
            _read += Encoding.Latin1.GetString(_buffer, 0, count);
            return count > 0;
        }
        catch (IOException)
        {
            // A reset is an end as well.
            return false;
        }
    }
}
