namespace GripProxy.Control.Tests.Testing;

/// <summary>An answer as it came over the socket.</summary>
internal sealed record RawAnswer(string StatusLine, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public int Status => int.Parse(StatusLine.Split(' ')[1]);

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
