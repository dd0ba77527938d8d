using System.CommandLine;

namespace GripProxy.Proxy.Commands;

/// <summary>The first thing that is wrong with the arguments, in Pushpin's words where it has any (CLI-01). Stateless.</summary>
internal static class ArgumentError
{
    /// <summary>The text, or null if all is well.</summary>
    public static string? Of(ParseResult result)
    {
        if (result.UnmatchedTokens.Count == 0)
            return result.Errors.Count == 0 ? null : result.Errors[0].Message;

        var token = result.UnmatchedTokens[0];
        if (!token.StartsWith('-'))
            return $"Unexpected argument '{token}'.";
        var name = token.TrimStart('-');
        var equals = name.IndexOf('=', StringComparison.Ordinal);
        return $"Unknown option '{(equals < 0 ? name : name[..equals])}'.";
    }
}
