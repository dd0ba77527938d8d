namespace GripProxy.Protocol.Http;

/// <summary>Standard reason phrases (HTTP-14).</summary>
public static class ReasonPhrases
{
    /// <summary>The phrase of a status code; <c>Undefined Reason</c> for codes that have none.</summary>
    public static string Get(int code) => throw new NotSupportedException("contract only");
}
