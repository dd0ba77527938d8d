namespace GripProxy.Protocol.Tests.Configuration;

/// <summary>A line <c>key=value</c> or <c>#key=value</c> of the shipped file. Immutable.</summary>
/// <param name="Name">The key.</param>
/// <param name="Default">What the page says of its value.</param>
internal sealed record ShippedKey(string Name, string Default)
{
    public static ShippedKey? Read(string line)
    {
        var bare = line.TrimStart('#');
        var at = bare.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0 || !bare[..at].All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
            return null;
        var value = bare[(at + 1)..];
        var isSet = bare.Length == line.Length;
        var shown = value.Length == 0 ? "none" : $"`{value.Replace("|", "\\|", StringComparison.Ordinal)}`";
        return new ShippedKey(bare[..at], isSet && value.Length > 0 ? $"in the file: {shown}" : shown);
    }
}
