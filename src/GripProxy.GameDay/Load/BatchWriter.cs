using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Load;

/// <summary>
/// Writes the body of a request. Every event gets a fresh id and the mark <c>$gd</c> by which clients know it again: run, step, number, number among those of
/// its name, user. Owned by the loop that sends.
/// </summary>
/// <param name="plan">The scenario.</param>
/// <param name="source">Gives events.</param>
/// <param name="run">Name of this run and generator.</param>
internal sealed class BatchWriter(ScenarioPlan plan, EventSource source, string run)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(16 * 1024);
    private readonly List<SentEvent> _events = [];
    private readonly byte[] _envelope = Encoding.UTF8.GetBytes($"{{\"api_key\":\"{JsonEncodedText.Encode(plan.Target.Key)}\",\"batch\":[");

    /// <summary>True if the key is in the body.</summary>
    public bool HasEnvelope { get; } = plan.Kind == ScenarioKind.Ingest && plan.BatchPath.Contains("batch", StringComparison.Ordinal);

    /// <summary>Writes the next request's body.</summary>
    public (byte[] Body, IReadOnlyList<SentEvent> Events) Write(SentLog log, long due)
    {
        _buffer.ResetWrittenCount();
        _events.Clear();
        _buffer.Write(plan.Kind == ScenarioKind.Publish ? "{\"items\":["u8 : HasEnvelope ? _envelope : "["u8);
        for (var i = 0; i < plan.BatchSize; i++)
        {
            if (i > 0)
                _buffer.Write(","u8);
            var draft = source.Next();
            var (number, ofName) = log.Add(draft.Name, due);
            _events.Add(new SentEvent(draft.Name, number, ofName));
            if (plan.Kind == ScenarioKind.Publish)
                WriteItem(draft, log.Step, number, ofName);
            else
                WriteEvent(_buffer, draft, log.Step, number, ofName);
        }

        _buffer.Write(plan.Kind == ScenarioKind.Publish || HasEnvelope ? "]}"u8 : "]"u8);
        return (_buffer.WrittenSpan.ToArray(), [.. _events]);
    }

    private void WriteEvent(ArrayBufferWriter<byte> to, EventDraft draft, int step, int number, int ofName)
    {
        to.Write("{\"uuid\":\""u8);
        Utf8Formatter.TryFormat(Guid.NewGuid(), to.GetSpan(36), out var written);
        to.Advance(written);
        to.Write("\","u8);
        to.Write(draft.Head);
        WriteText(to, string.Create(CultureInfo.InvariantCulture, $"\"$gd\":{{\"run\":\"{run}\",\"step\":{step},\"n\":{number},\"c\":{ofName},\"u\":{draft.User}}}"));
        to.Write(draft.Tail);
    }

    // The event is the content, in each format as a target with plugins would publish it.
    private void WriteItem(EventDraft draft, int step, int number, int ofName)
    {
        var content = new ArrayBufferWriter<byte>();
        WriteEvent(content, draft, step, number, ofName);
        var quoted = JsonEncodedText.Encode(content.WrittenSpan, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes;
        WriteText(_buffer, $"{{\"channel\":\"{JsonEncodedText.Encode(ChannelName.Fill(plan.Clients.Channels[0], source.Names[draft.Name]))}\",\"formats\":{{\"http-stream\":{{\"content\":\"");
        _buffer.Write(quoted);
        _buffer.Write("\\n\"},\"ws-message\":{\"content\":\""u8);
        _buffer.Write(quoted);
        _buffer.Write("\"},\"http-response\":{\"body\":\""u8);
        _buffer.Write(quoted);
        _buffer.Write("\"}}}"u8);
    }

    private static void WriteText(ArrayBufferWriter<byte> to, string text) => to.Advance(Encoding.UTF8.GetBytes(text, to.GetSpan(text.Length * 3)));
}
