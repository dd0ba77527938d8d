using GripProxy.Origin.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Origin;

/// <summary>Asks a request about the GRIP proxy it came through.</summary>
public static class GripHttpRequestExtensions
{
    /// <summary>
    /// What the request tells about its GRIP proxy, checked with the keys given to
    /// <see cref="GripServiceCollectionExtensions.AddGrip"/>. It is read once per request.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddGrip</c> was not called.</exception>
    public static GripRequest Grip(this HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var features = request.HttpContext.Features;
        if (features.Get<GripRequest>() is { } known)
            return known;
        var trust = request.HttpContext.RequestServices.GetRequiredService<GripTrust>();
        var read = GripRequest.Read(request, trust.Verifiers);
        features.Set(read);
        return read;
    }

    /// <summary>True if the request came through a GRIP proxy that holds one of our keys; see <see cref="GripRequest.IsGrip"/>.</summary>
    public static bool IsGrip(this HttpRequest request) => request.Grip().IsGrip;
}
