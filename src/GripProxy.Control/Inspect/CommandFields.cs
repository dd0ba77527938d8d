using System.Text.Json;
using GripProxy.Control.Http;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect;

/// <summary>
/// The members of a command's JSON body (CTL-05). Each is asked for once; what is wrong is remembered, the first counts. Owned by one request.
/// </summary>
internal sealed class CommandFields
{
    private readonly Dictionary<string, JsonElement> _left = new(StringComparer.Ordinal);
    private string? _problem;
    private bool _isUnread;

    private CommandFields()
    {
    }

    /// <summary>Reads the whole body. Throws <see cref="IOException"/> or <see cref="OperationCanceledException"/> if the client is gone.</summary>
    public static async ValueTask<CommandFields> ReadAsync(HttpRequest request, int maxSize)
    {
        var fields = new CommandFields();
        try
        {
            // As with a publish: who closes after sending all has sent all.
            using var body = await RequestBody.ReadAsync(request, maxSize, CancellationToken.None);
            if (body is not null)
                fields.Parse(body.Bytes);
            else
                fields.RefuseUnread($"the body is too long, expected at most {maxSize} bytes");
        }
        catch (BadHttpRequestException error)
        {
            fields.RefuseUnread($"the body cannot be read: {error.Message}");
        }

        return fields;
    }

    /// <summary>Reads a body that is here already.</summary>
    public static CommandFields Read(ReadOnlyMemory<byte> body)
    {
        var fields = new CommandFields();
        fields.Parse(body);
        return fields;
    }

    /// <summary>The whole body, for another node; empty: it could not be read.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>A string, or null: it is not there.</summary>
    public string? Text(string name)
    {
        if (!_left.Remove(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString();
        Refuse($"'{name}' is no string");
        return null;
    }

    /// <summary>A whole number, or null: it is not there.</summary>
    public int? Number(string name)
    {
        if (!_left.Remove(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number))
            return number;
        Refuse($"'{name}' is no whole number");
        return null;
    }

    /// <summary>A list of strings, or null: it is not there.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (!_left.Remove(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static one => one.ValueKind == JsonValueKind.String))
            return [.. value.EnumerateArray().Select(static one => one.GetString()!)]; // All are strings.
        Refuse($"'{name}' is no list of strings");
        return null;
    }

    /// <summary>An object of strings, or null: it is not there.</summary>
    public IReadOnlyDictionary<string, string>? Pairs(string name)
    {
        if (!_left.Remove(name, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Any(static one => one.Value.ValueKind != JsonValueKind.String))
        {
            Refuse($"'{name}' is no object of strings");
            return null;
        }

        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in value.EnumerateObject())
            pairs[pair.Name] = pair.Value.GetString()!; // All are strings.
        return pairs;
    }

    /// <summary>Notes that something else is wrong.</summary>
    public void Refuse(string problem) => _problem ??= problem;

    /// <summary>For the end: the answer to a body that is wrong, or null. What nobody asked for is wrong too.</summary>
    public ControlAnswer? Complete()
    {
        if (_left.Count > 0)
            Refuse($"'{_left.Keys.First()}' is not known here");
        // What was not read would be taken for the next request.
        return _problem is null ? null : Problem.InvalidParameter(_problem) with { EndsConnection = _isUnread };
    }

    private void RefuseUnread(string problem)
    {
        _isUnread = true;
        Refuse(problem);
    }

    private void Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                Refuse("the body is no JSON object");
                return;
            }

            // The bytes themselves go back to their pool.
            Body = body.ToArray();
            foreach (var member in document.RootElement.EnumerateObject())
                _left[member.Name] = member.Value.Clone();
            CheckTexts(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The latter: a name or text that is no Unicode.
            _left.Clear();
            Refuse($"the body is no JSON object: {error.Message}");
        }
    }

    /// <summary>Decodes all texts, so that one that is no Unicode throws here and nowhere else.</summary>
    private static void CheckTexts(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                    CheckTexts(element);
                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    _ = member.Name;
                    CheckTexts(member.Value);
                }

                break;
        }
    }
}
