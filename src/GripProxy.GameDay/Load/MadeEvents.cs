using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Load;

/// <summary>Events that are made: names and users in turn.</summary>
/// <param name="plan">Which.</param>
internal sealed class MadeEvents(SourcePlan plan) : EventSource
{
    private readonly byte[][] _names = [.. plan.Names.Select(static name => Encoding.UTF8.GetBytes($"\"event\":{Quoted(name)},\"distinct_id\":\"user-"))];
    private readonly byte[] _tail = Encoding.UTF8.GetBytes(plan.Bytes > 0 ? $",\"padding\":\"{new string('x', plan.Bytes)}\"}}}}" : "}}");
    private int _count;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names => plan.Names;

    /// <inheritdoc/>
    public override EventDraft Next()
    {
        var number = _count++ & int.MaxValue;
        var name = number % _names.Length;
        // Each name has all users in turn.
        var user = number / _names.Length % plan.Users;
        return new EventDraft(name, user, [.. _names[name], .. Encoding.ASCII.GetBytes($"{user}\",\"properties\":{{")], _tail);
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
