using GripProxy.Protocol.Http;

namespace GripProxy.Protocol.Items;

/// <summary>Makes the answer of a response hold from the held template and a published response (HTTP-25).</summary>
public static class ResponseMerge
{
    /// <summary>
    /// The template with the published status, headers and body. A patch that does not apply gives an empty body (OBS-43). The action is
    /// the caller's business.
    /// </summary>
    public static HttpReply Apply(HttpReply template, HttpResponseFormat published)
    {
        var body = published.BodyPatch is { } patch ? patch.Apply(template.Body.Span) : published.Body;
        var reason = published.Reason.Length > 0 ? published.Reason : ReasonPhrases.Get(published.Code);
        return new HttpReply(published.Code, reason, Merge(template.Headers, published), body);
    }

    private static HeaderList Merge(HeaderList template, HttpResponseFormat published)
    {
        var replacing = published.Headers;
        if (replacing.Count == 0 && published.ExposeHeaders is null)
            return template;
        var merged = new HeaderList();
        for (var i = 0; i < template.Count; i++)
        {
            if (!Holds(replacing, template[i].Name))
                AddIfExposed(merged, template[i], published.ExposeHeaders);
        }

        for (var i = 0; i < replacing.Count; i++)
            AddIfExposed(merged, replacing[i], published.ExposeHeaders);
        return merged;
    }

    // HeaderList.Contains would allocate a delegate for each header of each held client.
    private static bool Holds(HeaderList headers, string name) => headers.First(name) is not null;

    private static void AddIfExposed(HeaderList merged, HeaderField field, IReadOnlyList<string>? exposed)
    {
        if (HeaderNames.Allow(exposed, field.Name))
            merged.Add(field.Name, field.Value);
    }
}
