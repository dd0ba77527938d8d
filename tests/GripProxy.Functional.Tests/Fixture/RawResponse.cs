namespace GripProxy.Functional.Tests.Fixture;

/// <summary>An HTTP answer as it stood on the wire. Immutable.</summary>
/// <param name="StatusLine">For example <c>HTTP/1.1 200 OK</c>.</param>
/// <param name="Headers">Header lines in order, names as sent.</param>
/// <param name="Body">The decoded body, one character per byte; empty for a head only.</param>
public sealed record RawResponse(string StatusLine, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body)
{
    public int Status => int.Parse(StatusLine.Split(' ')[1]);

    /// <summary>The values of a header joined with commas, or null if there is none.</summary>
    public string? Header(string name)
    {
        string[] values = [.. Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)];
        return values.Length == 0 ? null : string.Join(", ", values);
    }
}
