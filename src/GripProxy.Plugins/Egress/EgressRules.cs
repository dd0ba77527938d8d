using System.Net;
using System.Net.NetworkInformation;
using GripProxy.Protocol;

namespace GripProxy.Plugins.Egress;

/// <summary>What may be reached from here (plugins-api.md §3.5). Rules about names are asked for each address of a request, rules about addresses for each connection. Immutable.</summary>
/// <param name="options">What the operator opens and closes.</param>
/// <param name="ownListeners">Where this proxy listens, which plugins do not reach.</param>
internal sealed class EgressRules(EgressOptions options, Func<IReadOnlyList<IPEndPoint>> ownListeners)
{
    // Where clouds give the keys of a machine to whoever asks from it.
    private static readonly HashSet<string> MetadataNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal", "metadata.azure.internal",
        "metadata.azure.com", "metadata.tencentyun.com", "metadata.packet.net", "metadata.platformequinix.com", "metadata.oraclecloud.com",
    };

    /// <summary>What a name alone decides.</summary>
    /// <param name="url">Where a request wants to go.</param>
    /// <param name="declared">Patterns of hosts that its package declares.</param>
    /// <returns>The rule that refuses it, or null.</returns>
    public EgressRule? Refuses(Uri url, IReadOnlyList<string> declared)
    {
        if (url.Scheme is not ("http" or "https"))
            return EgressRule.Scheme;
        var host = HostOf(url);
        if (!options.Ports.Contains(url.Port) && !IsOpened(host, url.Port) && !IsRewritten(url))
            return EgressRule.Port;
        if (MetadataNames.Contains(host) && !IsOpened(host, url.Port))
            return EgressRule.Metadata;
        if (!Any(options.Allow, host) || Any(options.Deny, host))
            return EgressRule.Host;
        return options.DeclaredOnly && !Any(declared, host) ? EgressRule.Declared : null;
    }

    /// <summary>What an address decides, once it is known.</summary>
    /// <param name="host">The name or address that was asked for.</param>
    /// <param name="address">Where it leads.</param>
    /// <param name="port">The port.</param>
    /// <returns>The rule that refuses it, or null.</returns>
    public EgressRule? Refuses(string host, IPAddress address, int port)
    {
        if (IsOpened(host, port))
            return null;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (IsOwn(address, port))
            return EgressRule.Listener;
        return ReservedAddresses.Contains(address) && !options.AllowPrivate.Any(hole => hole.Contains(address)) ? EgressRule.Address : null;
    }

    /// <summary>Where a request really goes, or null: where it says.</summary>
    public Uri? Rewrite(Uri url) => options.Rewrites.Select(rewrite => rewrite.Apply(url)).FirstOrDefault(to => to is not null);

    /// <summary>The host of an address as rules name it.</summary>
    public static string HostOf(Uri url) => url.IdnHost.Trim('[', ']').TrimEnd('.');

    private static bool Any(IReadOnlyList<string> patterns, string host) =>
        patterns.Any(pattern => ChannelPattern.Matches(pattern, host.ToLowerInvariant()));

    private bool IsOpened(string host, int port) => options.AllowPrivate.Any(hole => hole.Names(host, port));

    private bool IsRewritten(Uri url) => Rewrite(url) is not null;

    // A listener on all addresses has each address of this machine.
    private bool IsOwn(IPAddress address, int port) => ownListeners().Any(listener =>
        listener.Port == port && (listener.Address.Equals(address) || ((IsAny(listener.Address) || IPAddress.IsLoopback(address)) && IsOfThisMachine(address))));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool IsOfThisMachine(IPAddress address) => IPAddress.IsLoopback(address) || IsAny(address)
        || NetworkInterface.GetAllNetworkInterfaces().SelectMany(one => one.GetIPProperties().UnicastAddresses).Any(one => one.Address.Equals(address));
}
