using System.Net;
using System.Net.Sockets;

namespace GripProxy.Plugins.Egress;

/// <summary>Addresses that are no public hosts (plugins-api.md §3.5, rule 2). Stateless.</summary>
internal static class ReservedAddresses
{
    private static readonly IPNetwork[] Networks =
    [
        IPNetwork.Parse("0.0.0.0/8"), // this host
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"), // carriers, and metadata of Alibaba
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("168.63.129.16/32"), // metadata of Azure, which is no private address
        IPNetwork.Parse("169.254.0.0/16"), // link, and metadata of most clouds
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.0.0.0/24"), // protocol assignments, and metadata of Oracle
        IPNetwork.Parse("192.0.2.0/24"), // documentation, as the two below
        IPNetwork.Parse("192.88.99.0/24"), // relays of 6to4
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"), // measurements
        IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"),
        IPNetwork.Parse("224.0.0.0/4"), // multicast
        IPNetwork.Parse("240.0.0.0/4"), // reserved, and broadcast
        IPNetwork.Parse("::/96"), // unspecified, loopback, and the old form of IPv4 in IPv6
        IPNetwork.Parse("64:ff9b:1::/48"), // NAT64 within a network
        IPNetwork.Parse("100::/64"), // discarded
        IPNetwork.Parse("2001::/23"), // Teredo and other assignments
        IPNetwork.Parse("2001:db8::/32"), // documentation, as the next
        IPNetwork.Parse("3fff::/20"),
        IPNetwork.Parse("5f00::/16"), // segment routing
        IPNetwork.Parse("fc00::/7"), // private
        IPNetwork.Parse("fe80::/10"), // link
        IPNetwork.Parse("fec0::/10"), // site
        IPNetwork.Parse("ff00::/8"), // multicast
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork Translated = IPNetwork.Parse("::ffff:0:0:0/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>True if the address, or the IPv4 address that is written into it, is no public host's.</summary>
    public static bool Contains(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && Inner(address) is { } inner)
            return Contains(inner);
        foreach (var network in Networks)
        {
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))
                return true;
        }

        return false;
    }

    private static IPAddress? Inner(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (SixToFour.Contains(address))
            return new IPAddress(bytes.AsSpan(2, 4));
        return Nat64.Contains(address) || Translated.Contains(address) ? new IPAddress(bytes.AsSpan(12, 4)) : null;
    }
}
