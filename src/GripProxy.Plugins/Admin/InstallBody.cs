using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace GripProxy.Plugins.Admin;

/// <summary>
/// What makes an install: JSON, or a form with an archive, the JSON and files of the configuration (plugins-http.md §4.3). Immutable.
/// </summary>
internal sealed record InstallBody
{
    private const string Prefix = "attachment.";

    /// <summary>The JSON.</summary>
    public JsonObject Json { get; private init; } = [];

    /// <summary>The archive, or null.</summary>
    public byte[]? Archive { get; private init; }

    private IReadOnlyDictionary<string, PluginAttachment> Files { get; init; } = new Dictionary<string, PluginAttachment>(StringComparer.Ordinal);

    /// <summary>Reads either form.</summary>
    /// <param name="request">The request.</param>
    /// <param name="settings">Members that an install may have beside the usual ones.</param>
    public static async Task<InstallBody> ReadAsync(AdminRequest request, string[] settings)
    {
        string[] known = [.. settings, "package", "name", "order", "config", "attachments", "enabled"];
        if (!MediaTypeHeaderValue.TryParse(request.Context.Request.ContentType, out var type) || type.MediaType != "multipart/form-data")
            return new InstallBody { Json = await request.ReadObjectAsync(known) };
        using var body = new MemoryStream(await request.ReadBytesAsync(), writable: false);
        var form = new MultipartReader(HeaderUtilities.RemoveQuotes(type.Boundary).ToString(), body);
        JsonObject json = [];
        byte[]? archive = null;
        Dictionary<string, PluginAttachment> files = new(StringComparer.Ordinal);
        try
        {
            while (await form.ReadNextSectionAsync() is { } section)
            {
                using var content = new MemoryStream();
                await section.Body.CopyToAsync(content);
                var head = section.GetContentDispositionHeader();
                var name = HeaderUtilities.RemoveQuotes(head?.Name ?? default).ToString();
                if (name == "archive")
                    archive = content.ToArray();
                else if (name == "install")
                    json = AdminRequest.Parse(content.ToArray(), known);
                else if (name.StartsWith(Prefix, StringComparison.Ordinal))
                    files[name[Prefix.Length..]] = new PluginAttachment(section.ContentType ?? "application/octet-stream", HeaderUtilities.RemoveQuotes(head?.FileName ?? default).ToString(), content.ToArray());
                else
                    throw new AdminRefusalException(AdminProblem.Invalid($"the form has a part '{name}', expected archive, install and {Prefix}KEY"));
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new AdminRefusalException(AdminProblem.Invalid($"the form cannot be read: {e.Message}"));
        }

        if (archive?.Length > PackageLimits.ArchiveBytes)
            throw new AdminRefusalException(AdminProblem.Answer(413, "body_too_large", "Body too large", $"an archive may have {PackageLimits.ArchiveBytes >> 20} MiB"));
        return new InstallBody { Json = json, Archive = archive, Files = files };
    }

    /// <summary>The files of the form and those of the JSON.</summary>
    public InstallAttachments Attachments() => InstallAttachments.Of(Files.Concat(Written()));

    private IEnumerable<KeyValuePair<string, PluginAttachment>> Written()
    {
        foreach (var (key, value) in AdminJson.Object(Json, "attachments") ?? [])
        {
            var file = value as JsonObject ?? throw AdminJson.Wrong($"attachments.{key}", "an object");
            var contents = AdminJson.Text(file, "contents_base64") ?? throw AdminJson.Wrong($"attachments.{key}.contents_base64", "a text");
            byte[] bytes;
            try
            {
                bytes = Convert.FromBase64String(contents);
            }
            catch (FormatException)
            {
                throw AdminJson.Wrong($"attachments.{key}.contents_base64", "Base64");
            }

            yield return new(key, new PluginAttachment(AdminJson.Text(file, "content_type") ?? "application/octet-stream", AdminJson.Text(file, "file_name") ?? key, bytes));
        }
    }
}
