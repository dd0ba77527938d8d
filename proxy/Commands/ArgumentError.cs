using System.CommandLine;
using System.CommandLine.Parsing;

namespace GripProxy.Proxy.Commands;

/// <summary>The first thing that is wrong with the arguments, in Pushpin's words where it has any (CLI-01). Stateless.</summary>
internal static class ArgumentError
{
    /// <summary>The text, or null if all is well.</summary>
    public static string? Of(ParseResult result)
    {
        if (Misspelled(result) is { } option)
            return Unknown(option);
        if (result.UnmatchedTokens.Count == 0)
            return result.Errors.Count == 0 ? null : result.Errors[0].Message;
        var token = result.UnmatchedTokens[0];
        return token.StartsWith('-') ? Unknown(token) : $"Unexpected argument '{token}'.";
    }

    // An unknown option before "--" is taken for an argument by the parser: nobody wants to publish to a channel "--clsoe".
    private static string? Misspelled(ParseResult result)
    {
        var arguments = result.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).ToList();
        return result.Tokens
            .TakeWhile(token => token.Type != TokenType.DoubleDash)
            .FirstOrDefault(token => token.Value is ['-', _, ..] && arguments.Exists(argument => ReferenceEquals(argument, token)))?.Value;
    }

    private static string Unknown(string token)
    {
        var name = token.TrimStart('-');
        var equals = name.IndexOf('=', StringComparison.Ordinal);
        return $"Unknown option '{(equals < 0 ? name : name[..equals])}'.";
    }
}
