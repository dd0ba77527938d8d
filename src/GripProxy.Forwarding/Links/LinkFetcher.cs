using GripProxy.Forwarding.Diagnostics;
using GripProxy.Forwarding.Headers;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;
using GripProxy.Holds.Links;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Routes;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Forwarding.Links;

/// <summary>
/// Asks an origin for the links of one held request (HTTP-30…32): a link of the client's own host takes the request's route, any other goes
/// straight to its host. Knows no more of the request than that, because it lives as long as the hold. Immutable.
/// </summary>
internal sealed class LinkFetcher(string clientHost, bool isSecure, RouteModel route, OriginTarget? target, LinkServices services) : IOriginFetcher
{
    /// <inheritdoc/>
    public Task<LinkResponse> FetchAsync(LinkRequest link, CancellationToken cancellation) =>
        HttpMethods.IsGet(link.Method)
            ? services.Sharing.FetchAsync(LinkSharing.KeyOf(link, route), token => SendAsync(link, token), cancellation)
            : SendAsync(link, cancellation);

    private async Task<LinkResponse> SendAsync(LinkRequest link, CancellationToken cancellation)
    {
        var takesRoute = TakesRoute(link.Uri);
        var failure = LinkFailure.None;
        foreach (var candidate in takesRoute ? route.Targets : route.IsInner ? [] : [DirectTarget(link.Uri)])
        {
            if (candidate.Client is null)
                continue;
            try
            {
                using var message = MakeMessage(link, candidate, takesRoute);
                route.Meter?.Mark(message, KindOf(link), cancellation);
                using var place = await services.Repeats.EnterAsync(candidate.Prefix, cancellation);
                using var deadline = services.StartDeadline(cancellation);
                var response = await candidate.Client.SendAsync(message, deadline.Token);
                place.Dispose();
                services.Requests.Fetched(link, route.Config, candidate, (int)response.StatusCode, response.Content.Headers.ContentLength ?? 0);
                return link.IsPlain ? await TakePlainAsync(response, deadline.Token) : await ReadAsync(response, deadline.Token);
            }
            catch (HttpRequestException e) when (OriginFailure.IsUnreached(e))
            {
                // The next target may be reachable (HTTP-09).
                failure = LinkFailures.Of(e);
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                failure = LinkFailures.Of(e);
                break;
            }
        }

        services.Requests.FetchFailed(link, route.Config);
        return new LinkResponse { Failure = failure };
    }

    private static OriginRequestKind KindOf(LinkRequest link)
    {
        if (link.IsPlain)
            return OriginRequestKind.Filter;
        return HttpMethods.IsGet(link.Method) ? OriginRequestKind.Next : OriginRequestKind.Gone;
    }

    private static async Task<LinkResponse> TakePlainAsync(HttpResponseMessage response, CancellationToken cancellation) => new()
    {
        Status = (int)response.StatusCode,
        Headers = ResponseHeaderRules.ToList(response),
        Body = await response.Content.ReadAsStreamAsync(cancellation),
    };

    private async Task<LinkResponse> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        if (status is < 200 or > 299)
        {
            response.Dispose();
            return new LinkResponse { Status = status };
        }

        ReadOnlyMemory<byte> body = default;
        var isDocument = ResponseHeaderRules.IsInstructType(response);
        if (isDocument)
        {
            (body, var complete) = await InstructBody.ReadAsync(response, cancellation);
            if (!complete)
            {
                response.Dispose();
                return new LinkResponse { Status = status, Error = $"GRIP instruct response too large from {response.RequestMessage?.RequestUri?.Authority}" };
            }
        }

        var result = InstructReader.Read(status, "", ResponseHeaderRules.ToList(response), body, services.Options.InstructLimits);
        if (result.Instruct is null)
            route.Meter?.Metrics.InstructRefused();
        return new LinkResponse
        {
            Status = status,
            Instruct = result.Instruct,
            Error = result.Error,
            Body = isDocument ? null : await response.Content.ReadAsStreamAsync(cancellation),
        };
    }

    /// <summary>Links are written in the client's terms (HTTP-30), or, by origins that use <c>as_host</c>, in their own.</summary>
    private bool TakesRoute(Uri link)
    {
        var isOurs = IsAuthority(link, clientHost) || (route.Config.AsHost is { } host && IsAuthority(link, host));
        return isOurs
            && (link.Scheme == Uri.UriSchemeHttps) == isSecure
            && (route.Config.PathBegin is null || link.AbsolutePath.StartsWith(route.Config.PathBegin, StringComparison.Ordinal));
    }

    private static bool IsAuthority(Uri link, string host) =>
        Uri.TryCreate($"{link.Scheme}://{host}", UriKind.Absolute, out var own)
        && own.Port == link.Port
        && own.Host.Equals(link.Host, StringComparison.OrdinalIgnoreCase);

    private OriginTarget DirectTarget(Uri link) => services.Models.GetDirect(new TargetConfig
    {
        Host = link.DnsSafeHost,
        Port = link.Port,
        Ssl = link.Scheme == Uri.UriSchemeHttps,
        Untrusted = target is { Config.Untrusted: true },
    });

    private HttpRequestMessage MakeMessage(LinkRequest link, OriginTarget candidate, bool takesRoute)
    {
        var path = RequestTarget.FromPathAndQuery(link.Uri.PathAndQuery);
        if (takesRoute)
            path = path.Rewrite(route.Config.PathRemove, route.Config.ReplaceBegin);
        var message = new HttpRequestMessage(new HttpMethod(link.Method), new Uri(string.Concat(candidate.Prefix, path.Value), AsWritten))
        {
            Version = candidate.Exchange.Version!, // Every target has one.
            VersionPolicy = candidate.Exchange.VersionPolicy ?? HttpVersionPolicy.RequestVersionExact,
        };
        var host = candidate.Config.HostHeader ?? (takesRoute ? route.Config.AsHost : null) ?? link.Uri.Authority;
        message.Headers.TryAddWithoutValidation("Host", host);
        if (!HttpMethods.IsGet(link.Method))
            message.Content = new ReadOnlyMemoryContent(link.Body);
        if (!route.Config.NoGrip)
            RequestHeaderRules.AddGrip(route, link.LastIds, message.Headers);
        foreach (var field in link.Headers)
            message.Headers.TryAddWithoutValidation(field.Name, field.Value);
        return message;
    }

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };
}
