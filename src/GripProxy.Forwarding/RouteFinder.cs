using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.Routing;

namespace GripProxy.Forwarding;

/// <summary>Finds the route of a request in the table that is valid now (RTE-04…06). Thread-safe.</summary>
internal sealed class RouteFinder(RouteStore store, RouteModels models, ForwardingOptions options)
{
    /// <summary>The route of a new request, or null.</summary>
    public RouteModel? Find(ClientRequest request)
    {
        if (request.Inner is { } inner)
            return inner.Model;
        if (options.AcceptPushpinRoute && request.Context.Request.Headers["Pushpin-Route"] is { Count: > 0 } wanted)
        {
            var id = wanted.ToString();
            if (store.Current.FindById(id) is { } named)
                return models.Get(named);
            // Known twice: the id says nothing (HTTP-43).
            if (!store.Current.HasId(id))
                return null;
        }

        return FindByHost(request);
    }

    /// <summary>The route of a request that is sent again: by the id it had if that is unique, else by host and path (HTTP-33).</summary>
    public RouteModel? FindAgain(ClientRequest request, RouteModel before) =>
        before.IsInner ? before : store.Current.FindById(before.Config.Id) is { } same ? models.Get(same) : FindByHost(request);

    private RouteModel? FindByHost(ClientRequest request)
    {
        var path = request.Target.Value.AsSpan(0, request.Target.PathLength);
        return store.Current.Find(request.HostName, path, request.Protocol, request.IsSecure) is { } route ? models.Get(route) : null;
    }
}
