using System.Net;
using System.Security.Cryptography;
using System.Text;
using GripProxy.Forwarding.Requests;
using GripProxy.Protocol.Http;
using Microsoft.Net.Http.Headers;

namespace GripProxy.Forwarding.SockJs;

/// <summary>The page that a client of another site opens in a hidden frame to reach us from our own site (SJS-02). Immutable.</summary>
internal sealed class SockJsIframePage
{
    private readonly byte[] _page;
    private readonly string _tag;

    /// <summary>Makes the page around the address of the client library.</summary>
    public SockJsIframePage(string scriptUrl)
    {
        _page = Encoding.UTF8.GetBytes(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <title>SockJS</title>
              <script src="{WebUtility.HtmlEncode(scriptUrl)}"></script>
              <script>SockJS.bootstrap_iframe();</script>
            </head>
            <body>
              <p>This page is part of a connection. It has nothing to show.</p>
            </body>
            </html>

            """);
#pragma warning disable CA5351 // A name for the page's version; md5 is what the protocol says, and nothing is kept safe by it.
        _tag = $"\"{Convert.ToHexStringLower(MD5.HashData(_page))}\"";
#pragma warning restore CA5351
    }

    /// <summary>The page, or that the client has it already.</summary>
    public HttpReply Answer(ClientRequest request)
    {
        var isKnown = Knows(request.Headers.IfNoneMatch.ToString());
        var reply = isKnown ? SockJsReply.Make(request, 304, "", default) : SockJsReply.Make(request, 200, "text/html; charset=UTF-8", _page);
        reply.Headers.Set("Cache-Control", "public, max-age=31536000");
        reply.Headers.Add("ETag", _tag);
        return reply;
    }

    private bool Knows(string tags) =>
        EntityTagHeaderValue.TryParseList([tags], out var known)
        && known.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Tag.Equals(_tag, StringComparison.Ordinal));
}
