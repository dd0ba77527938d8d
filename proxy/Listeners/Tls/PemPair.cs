using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GripProxy.Proxy.Listeners.Tls;

/// <summary>Makes certificates of PEM text (CFG-20). Stateless.</summary>
internal static class PemPair
{
    /// <summary>Reads the chain: the host's certificate first, then what issued it, as far as the chain is in the text.</summary>
    /// <returns>The chain, the first with its key; or null with the reason in <paramref name="error"/>.</returns>
    public static X509Certificate2Collection? TryParse(PemText text, out string error)
    {
        error = text.Error;
        if (error.Length > 0)
            return null;
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(text.Certificate);
            if (chain.Count == 0)
            {
                error = "there is no certificate in it";
                return null;
            }

            chain[0].Dispose();
            chain[0] = X509Certificate2.CreateFromPem(text.Certificate, text.Key);
            return chain;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            error = e.Message;
            return null;
        }
    }
}
