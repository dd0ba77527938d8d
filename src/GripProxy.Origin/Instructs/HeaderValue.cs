using GripProxy.Protocol.Http;

namespace GripProxy.Origin.Instructs;

/// <summary>What may stand in a header, and how it is quoted (HTTP-12).</summary>
internal static class HeaderValue
{
    /// <summary>Returns the text, or throws for control characters: CR, LF and NUL would begin another header line.</summary>
    public static string Check(string text, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        foreach (var character in text)
        {
            if (char.IsControl(character))
                throw new ArgumentException($"The text holds the control character U+{(int)character:X4}, which a header cannot carry.", parameter);
        }

        return text;
    }

    /// <summary>Returns the name, or throws if it is no header token.</summary>
    public static string CheckToken(string name, string parameter)
    {
        ArgumentNullException.ThrowIfNull(name, parameter);
        if (HeaderText.IsToken(name))
            return name;
        throw new ArgumentException("The name is no header token: letters, digits and !#$%&'*+-.^_`|~ are allowed, at least one.", parameter);
    }

    /// <summary>A parameter's value: as it is if it is a token, else in double quotes.</summary>
    public static string Quote(string value) =>
        HeaderText.IsToken(value)
            ? value
            : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
