using System.Globalization;
using System.Net.Http.Headers;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GripProxy.Forwarding.Headers;

/// <summary>The headers of an origin's answer on their way to the client (HTTP-18).</summary>
internal static class ResponseHeaderRules
{
    /// <summary>
    /// True if the head says one thing only and is not too long: otherwise the answer counts as nonsense and is not passed on.
    /// </summary>
    public static bool IsSound(HttpResponseMessage response, int maxHeaders)
    {
        if (maxHeaders > 0 && CountLines(response) > maxHeaders)
            return false;
        if (response.Headers.NonValidated.TryGetValues("Transfer-Encoding", out var coding)
            && (coding.Count != 1 || !coding.ToString().Equals("chunked", StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        return !response.Content.Headers.NonValidated.TryGetValues("Content-Length", out var length) || IsOneLength(length);
    }

    /// <summary>True if the answer is an instruct (HTTP-11, DIF-24).</summary>
    public static bool IsGrip(HttpResponseMessage response)
    {
        foreach (var (name, _) in response.Headers.NonValidated)
        {
            if (GripMarkers.IsControlHeader(name))
                return true;
        }

        return IsInstructType(response);
    }

    /// <summary>True if the answer's body is a JSON instruct (HTTP-13).</summary>
    public static bool IsInstructType(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type) && GripMarkers.IsInstructType(type.ToString());

    /// <summary>All lines, as the instruct reader wants them.</summary>
    public static HeaderList ToList(HttpResponseMessage response)
    {
        var list = new HeaderList(CountLines(response));
        Collect(response.Headers.NonValidated, list);
        Collect(response.Content.Headers.NonValidated, list);
        return list;
    }

    /// <summary>What passes, as lines. The length is the origin's, where it gave one.</summary>
    /// <param name="response">The origin's answer.</param>
    /// <param name="stripGrip">Whether <c>Grip-*</c> headers are for us and go no further.</param>
    public static HeaderList ToPassedList(HttpResponseMessage response, bool stripGrip)
    {
        var list = new HeaderList();
        foreach (var field in ToList(response))
        {
            if (!IsHop(field.Name) && !(stripGrip && GripMarkers.IsGripHeader(field.Name)))
                list.Add(field.Name, field.Value);
        }

        return list;
    }

    /// <summary>What passes, without the body.</summary>
    public static HttpReply ToReply(HttpResponseMessage response, bool stripGrip)
    {
        var headers = ToPassedList(response, stripGrip);
        headers.Remove("Content-Length");
        return new HttpReply((int)response.StatusCode, response.ReasonPhrase ?? "", headers, default);
    }

    /// <summary>
    /// Copies what passes. Content-Encoding stays, because the body stays as it is (DIF-31).
    /// </summary>
    /// <param name="response">The origin's answer.</param>
    /// <param name="client">The answer to the client, with its status set.</param>
    /// <param name="stripGrip">Whether <c>Grip-*</c> headers are for us and go no further.</param>
    public static void Copy(HttpResponseMessage response, HttpResponse client, bool stripGrip)
    {
        Copy(response.Headers.NonValidated, client.Headers, stripGrip);
        // A length beside a transfer coding is void (RFC 9112, 6.3), and some answers have no body to measure.
        var dropLength = client.StatusCode is < 200 or 204 or 205 || response.Headers.NonValidated.Contains("Transfer-Encoding");
        foreach (var (name, values) in response.Content.Headers.NonValidated)
        {
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                client.Headers[name] = ToStringValues(values);
            else if (!dropLength)
                client.Headers.ContentLength = long.TryParse(First(values), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;
        }
    }

    private static void Copy(HttpHeadersNonValidated headers, IHeaderDictionary target, bool stripGrip)
    {
        foreach (var (name, values) in headers)
        {
            if (IsHop(name) || (stripGrip && GripMarkers.IsGripHeader(name)))
                continue;
            target[name] = ToStringValues(values);
        }
    }

    /// <summary>True if a header belongs to one connection and never passes.</summary>
    public static bool IsHop(string name) => name.Length switch
    {
        10 => name.Equals("Connection", StringComparison.OrdinalIgnoreCase) || name.Equals("Keep-Alive", StringComparison.OrdinalIgnoreCase),
        17 => name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private static StringValues ToStringValues(HeaderStringValues values)
    {
        if (values.Count == 1)
            return First(values);
        var lines = new string[values.Count];
        var i = 0;
        foreach (var value in values)
            lines[i++] = value;
        return lines;
    }

    private static string First(HeaderStringValues values)
    {
        foreach (var value in values)
            return value;
        return "";
    }

    private static bool IsOneLength(HeaderStringValues values)
    {
        var first = First(values);
        if (!long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return false;
        foreach (var value in values)
        {
            if (value != first)
                return false;
        }

        return true;
    }

    private static int CountLines(HttpResponseMessage response) =>
        CountLines(response.Headers.NonValidated) + CountLines(response.Content.Headers.NonValidated);

    private static int CountLines(HttpHeadersNonValidated headers)
    {
        var count = 0;
        foreach (var (_, values) in headers)
            count += values.Count;
        return count;
    }

    private static void Collect(HttpHeadersNonValidated headers, HeaderList list)
    {
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
                list.Add(name, value);
        }
    }
}
