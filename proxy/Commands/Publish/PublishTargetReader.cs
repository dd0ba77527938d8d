using System.Net.Http.Headers;
using System.Text;
using GripProxy.Control.Zmtp;
using GripProxy.Security.Publishing;

namespace GripProxy.Proxy.Commands.Publish;

/// <summary>Finds out where to publish and with which credential (CLI-20). Stateless.</summary>
internal static class PublishTargetReader
{
    private const string DefaultSpec = "http://localhost:5561";

    /// <summary>Long enough for one request, and for clocks that differ by minutes.</summary>
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(10);

    /// <summary>The target; null with what is wrong.</summary>
    public static IPublishTarget? Read(PublishArguments arguments, ProcessContext context, out string error)
    {
        var spec = arguments.Spec ?? context.Environment.GetValueOrDefault("GRIP_URL", DefaultSpec);
        if (spec.StartsWith("http:", StringComparison.Ordinal) || spec.StartsWith("https:", StringComparison.Ordinal))
            return ReadHttp(spec, arguments, context, out error);
        return ReadZmtp(spec, arguments, context.Time, out error);
    }

    private static ZmtpPublishTarget? ReadZmtp(string spec, PublishArguments arguments, TimeProvider time, out string error)
    {
        var endpoint = ZmtpEndpoint.TryParse(spec, out error);
        if (endpoint is null)
            error = $"invalid URL: {error}, or a GRIP URL";
        else if (arguments.User is not null || arguments.Bearer is not null)
            error = "Authentication requires https";
        else if (arguments.Receipt)
            error = "--receipt needs the control port: over ZeroMQ nothing comes back";
        return endpoint is not null && error.Length == 0 ? new ZmtpPublishTarget(endpoint, time) : null;
    }

    private static HttpPublishTarget? ReadHttp(string spec, PublishArguments arguments, ProcessContext context, out string error)
    {
        if (!GripUrl.TryRead(spec, out var url, out var reason))
        {
            error = $"invalid URL: {reason}";
            return null;
        }

        var given = Given(arguments);
        var isOne = arguments.User is null || arguments.Bearer is null;
        if (!isOne || (given is not null && url.Credential != PublishCredential.None))
            error = "only one authentication method can be specified";
        else if (given is not null && url.Address.Scheme != Uri.UriSchemeHttps)
            error = "Authentication requires https";
        else
            error = "";
        return error.Length > 0
            ? null
            : new HttpPublishTarget(url.PublishAddress, () => given ?? url.Credential.CreateHeader(TokenLifetime, context.Time), context.Time)
            {
                Receipts = arguments.Receipt ? context.Output : null,
            };
    }

    private static AuthenticationHeaderValue? Given(PublishArguments arguments)
    {
        if (arguments.User is { } user)
            return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user)));
        return arguments.Bearer is { } bearer ? new AuthenticationHeaderValue("Bearer", bearer) : null;
    }
}
