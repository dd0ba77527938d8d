using System.Buffers;
using System.Text;

namespace GripProxy.Forwarding.SockJs.Frames;

/// <summary>What a transport puts around a session's frames (SJS-02, SJS-03). Immutable.</summary>
internal sealed class SockJsEnvelope
{
    // As much as makes old browsers show what has arrived of an answer that is not complete.
    private const int PreludeLength = 2048;

    private readonly byte[] _before = [];
    private readonly byte[] _after = [];

    /// <summary>A line for each request.</summary>
    public static SockJsEnvelope Xhr { get; } = new("text/plain", "", "\n");

    /// <summary>A line for each frame.</summary>
    public static SockJsEnvelope XhrStreaming { get; } = new("application/javascript; charset=UTF-8", "", "\n")
    {
        IsStream = true,
        Prelude = [.. Enumerable.Repeat((byte)'h', PreludeLength), (byte)'\n'],
    };

    /// <summary>An event for each frame.</summary>
    public static SockJsEnvelope EventSource { get; } = new("text/event-stream; charset=UTF-8", "data: ", "\r\n\r\n")
    {
        IsStream = true,
        Prelude = [.. "\r\n"u8],
    };

    private SockJsEnvelope(string contentType, string before, string after)
    {
        ContentType = contentType;
        _before = Encoding.UTF8.GetBytes(before);
        _after = Encoding.UTF8.GetBytes(after);
    }

    /// <summary>Type of the answer.</summary>
    public string ContentType { get; }

    /// <summary>True if an answer carries one frame after the other; false: one.</summary>
    public bool IsStream { get; private init; }

    /// <summary>What a stream begins with.</summary>
    public byte[] Prelude { get; private init; } = [];

    /// <summary>True if frames stand as a string in a script.</summary>
    private bool IsScript { get; init; }

    /// <summary>A script for each request, which calls a function of the page.</summary>
    /// <param name="callback">The function's name, which has been checked.</param>
    public static SockJsEnvelope Jsonp(string callback) => new("application/javascript", $"/**/{callback}(\"", "\");\n") { IsScript = true };

    /// <summary>The frame as it goes to the client.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> frame)
    {
        if (!IsScript)
            return [.. _before, .. frame, .. _after];
        var output = new ArrayBufferWriter<byte>(_before.Length + frame.Length + _after.Length + 16);
        output.Write(_before);
        SockJsText.Escape(frame, isFinal: true, output);
        output.Write(_after);
        return output.WrittenSpan.ToArray();
    }
}
