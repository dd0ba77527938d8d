using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Origin.Requests;

/// <summary>Says to people why a request is not believed to come from our GRIP proxy. Stateless.</summary>
internal static class ProxyRequired
{
    /// <summary>Null if the request came through our proxy.</summary>
    public static string? Problem(HttpContext context)
    {
        if (context.Request.IsGrip())
            return null;
        if (context.RequestServices.GetRequiredService<GripTrust>().Verifiers.Count == 0)
            return "This address needs a GRIP proxy, and this application knows the key of none: set SigKey in AddGrip, or verify-key in GRIP_URL, to the proxy's sig_key.\n";
        return context.Request.Headers.ContainsKey("Grip-Sig")
            ? "This address needs a GRIP proxy that this application believes: the Grip-Sig of the request is expired, or made with another key or issuer than the one known here.\n"
            : "This address needs a GRIP proxy in front, but the request came without one: it has no Grip-Sig. Ask through the proxy.\n";
    }
}
