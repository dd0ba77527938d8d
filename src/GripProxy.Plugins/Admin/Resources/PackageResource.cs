using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Admin.Resources;

/// <summary>The packages that a tenant has (plugins-http.md §4.2).</summary>
internal sealed class PackageResource(AdminParts parts, AdminScope scope, AdminChanges changes)
{
    private readonly PackageUpload _upload = new(parts);

    /// <summary>The endpoints.</summary>
    public IEnumerable<AdminEndpoint> Endpoints =>
    [
        new("GET", "tenants/{t}/packages", List),
        new("POST", "tenants/{t}/packages", UploadAsync),
        new("GET", "tenants/{t}/packages/{hash}", ShowAsync),
        new("DELETE", "tenants/{t}/packages/{hash}", DeleteAsync),
        new("GET", "tenants/{t}/packages/{hash}/files/{*}", FileAsync),
        new("POST", "tenants/{t}/packages/{hash}/approve", request => ApproveAsync(request, approved: true)) { ForOperators = true },
        new("POST", "tenants/{t}/packages/{hash}/revoke", request => ApproveAsync(request, approved: false)) { ForOperators = true },
    ];

    /// <summary>Compiles a package, finds out what it exports and keeps it.</summary>
    /// <returns>True if the tenant did not have it.</returns>
    public async Task<(PackageRecord Record, bool IsNew)> KeepAsync(AdminRequest request, TenantRecord tenant, PluginPackage package)
    {
        if (parts.Store.Current.FindPackage(tenant.Number, package.Files.Hash) is { } known)
        {
            await HealAsync(request, tenant, known, package);
            return (known, false);
        }

        using var place = parts.Places.Take(tenant);
        var (capabilities, problem) = await parts.Capabilities.ReadAsync(package);
        if (problem is not null)
            throw new AdminRefusalException(AdminProblem.Answer(422, "compile_error", "Does not compile", problem.ToString(), PackageJson.Of(problem)));
        var record = new PackageRecord
        {
            Tenant = tenant.Number, Hash = package.Files.Hash, Name = package.Name, Version = package.Version, Capabilities = capabilities, Created = changes.Now,
        };
        await changes.MakeAsync(
            request, "package.upload", $"{tenant.Name}/{record.Hash}", static _ => null, state => state.With(record),
            after: new JsonObject { ["name"] = record.Name, ["version"] = record.Version }, content: new StateContent { Packages = [package] });
        return (record, true);
    }

    // It came once more because what is kept of it is damaged.
    private async Task HealAsync(AdminRequest request, TenantRecord tenant, PackageRecord known, PluginPackage package)
    {
        try
        {
            if (await parts.Store.ReadPackageAsync(known.Hash) is not null)
                return;
        }
        catch (PackageException)
        {
            // As said.
        }

        await changes.MakeAsync(
            request, "package.heal", $"{tenant.Name}/{known.Hash}", static _ => null, state => state.With(known with { Created = changes.Now }),
            content: new StateContent { Packages = [package] });
    }

    private AdminAnswer List(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        return AdminAnswer.List(parts.Store.Current.PackagesOf(tenant.Number).Select(package => (JsonNode)ToJson(package)), next: null);
    }

    private async Task<AdminAnswer> UploadAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var package = await _upload.ReadAsync(request);
        var (record, isNew) = await KeepAsync(request, tenant, package);
        return AdminAnswer.Json(WithForm(record, package), isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private async Task<AdminAnswer> ShowAsync(AdminRequest request)
    {
        var record = scope.Package(request, scope.Tenant(request));
        var package = await ReadAsync(record);
        var json = WithForm(record, package);
        json["files"] = new JsonArray([.. package.Files.Paths.Select(path => (JsonNode)new JsonObject { ["path"] = path, ["bytes"] = package.Files.Find(path)!.Length })]); // One of its paths.
        return AdminAnswer.Json(json);
    }

    private async Task<AdminAnswer> FileAsync(AdminRequest request)
    {
        var record = scope.Package(request, scope.Tenant(request));
        var file = (await ReadAsync(record)).Files.Find(request["*"]) ?? throw new AdminRefusalException(AdminProblem.NotFound($"the package has no file {request["*"]}"));
        // Whatever it is: it comes from strangers and is shown, not run.
        return new AdminAnswer { Status = StatusCodes.Status200OK, ContentType = "text/plain; charset=utf-8", Body = file };
    }

    private async Task<AdminAnswer> DeleteAsync(AdminRequest request)
    {
        var tenant = scope.Tenant(request);
        var record = scope.Package(request, tenant);
        await changes.MakeAsync(
            request, "package.delete", $"{tenant.Name}/{record.Hash}", state => state.Find<PackageRecord>(record.Field),
            state => state.InstallsOf(tenant.Number).FirstOrDefault(install => install.Package == record.Hash) is { } user
                ? throw new AdminRefusalException(AdminProblem.InUse($"the plugin {user.Name} is made of it"))
                : state.Without(record),
            before: new JsonObject { ["name"] = record.Name, ["version"] = record.Version });
        return AdminAnswer.Nothing;
    }

    private async Task<AdminAnswer> ApproveAsync(AdminRequest request, bool approved)
    {
        var tenant = scope.Tenant(request);
        var record = scope.Package(request, tenant);
        var approval = new ApprovalRecord { Hash = record.Hash, By = request.Caller.Name, Time = changes.Now };
        await changes.MakeAsync(
            request, approved ? "package.approve" : "package.revoke", record.Hash, static _ => null,
            state => state.IsApproved(record.Hash) == approved ? state : approved ? state.With(approval) : state.Without(approval));
        return AdminAnswer.Json(ToJson(record));
    }

    private async Task<PluginPackage> ReadAsync(PackageRecord record) =>
        await parts.Store.ReadPackageAsync(record.Hash) ?? throw new AdminRefusalException(AdminProblem.NotFound("the package's files are gone"));

    private JsonObject WithForm(PackageRecord record, PluginPackage package)
    {
        var json = ToJson(record);
        foreach (var (name, value) in PackageJson.Of(package).Where(member => !json.ContainsKey(member.Key)).ToList())
            json[name] = value?.DeepClone();
        return json;
    }

    private JsonObject ToJson(PackageRecord record) => new()
    {
        ["hash"] = record.Hash,
        ["name"] = record.Name,
        ["version"] = record.Version,
        ["created"] = AdminTime.Text(record.Created),
        ["approved"] = parts.Store.Current.IsApproved(record.Hash),
        ["capabilities"] = record.Capabilities?.DeepClone(),
        ["managed"] = record.Managed,
    };
}
