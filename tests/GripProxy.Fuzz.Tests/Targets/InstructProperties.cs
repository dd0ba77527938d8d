using System.Text;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Fuzz.Tests.Targets;

/// <summary>What every instruct keeps, whichever form it was read from. Stateless.</summary>
internal static class InstructProperties
{
    /// <summary>Checks a result and tells its kind.</summary>
    public static string Check(InstructResult result)
    {
        Must(result.Instruct is null != result.Error is null, "there is not exactly one outcome");
        if (result.Instruct is not { } instruct)
            return "error " + new string([.. result.Error!.Where(static c => !char.IsAsciiDigit(c)).Take(40)]);
        Must(instruct.Channels.All(static channel => Encoding.UTF8.GetByteCount(channel.Name) <= InstructLimits.Default.MaxChannelNameBytes), "a channel's name is too long");
        Must(!instruct.Channels.Any(static channel => (channel.Name + channel.PrevId).Any(char.IsControl)), "a channel or id has control characters");
        Must(instruct.Timeout >= TimeSpan.FromSeconds(5), "the timeout is too short");
        Must(instruct.KeepAlive is null or { Data.Length: > 0 }, "a keep-alive is empty");
        Must(instruct.Response.Headers.All(static field => !(field.Name + field.Value).AsSpan().ContainsAny('\r', '\n', '\0')), "a header of the answer has line ends");
        return $"{instruct.Hold} {Math.Min(instruct.Channels.Count, 3)} {instruct.KeepAlive?.Mode} {instruct.Meta.Count > 0} {instruct.Next is not null} {instruct.Gone is not null} {instruct.Response.Code}";
    }

    private static void Must(bool isSo, string what)
    {
        if (!isSo)
            throw new PropertyException(what);
    }
}
