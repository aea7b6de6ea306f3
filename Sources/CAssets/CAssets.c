#include "CAssets.h"

static const unsigned char index_html[] = {
#embed "dashboard/index.html"
};
static const unsigned char icon_svg[] = {
#embed "dashboard/icon.svg"
};
static const unsigned char style_css[] = {
#embed "dashboard/style.css"
};
static const unsigned char early_js[] = {
#embed "dashboard/early.js"
};
static const unsigned char dom_js[] = {
#embed "dashboard/dom.js"
};
static const unsigned char api_js[] = {
#embed "dashboard/api.js"
};
static const unsigned char router_js[] = {
#embed "dashboard/router.js"
};
static const unsigned char cells_js[] = {
#embed "dashboard/cells.js"
};
static const unsigned char map_js[] = {
#embed "dashboard/map.js"
};
static const unsigned char search_js[] = {
#embed "dashboard/search.js"
};
static const unsigned char port_js[] = {
#embed "dashboard/port.js"
};
static const unsigned char atlas_js[] = {
#embed "dashboard/atlas.js"
};
static const unsigned char ranges_js[] = {
#embed "dashboard/ranges.js"
};
static const unsigned char free_js[] = {
#embed "dashboard/free.js"
};
static const unsigned char app_js[] = {
#embed "dashboard/app.js"
};
static const unsigned char openapi_yaml[] = {
#embed "openapi.yaml"
};
static const unsigned char openapi_json[] = {
#embed "openapi.json"
};

// A file stands behind those that it refers to.
static const portolan_asset assets[] = {
    {"icon.svg", {icon_svg, sizeof icon_svg}},
    {"style.css", {style_css, sizeof style_css}},
    {"early.js", {early_js, sizeof early_js}},
    {"dom.js", {dom_js, sizeof dom_js}},
    {"api.js", {api_js, sizeof api_js}},
    {"router.js", {router_js, sizeof router_js}},
    {"cells.js", {cells_js, sizeof cells_js}},
    {"map.js", {map_js, sizeof map_js}},
    {"search.js", {search_js, sizeof search_js}},
    {"port.js", {port_js, sizeof port_js}},
    {"atlas.js", {atlas_js, sizeof atlas_js}},
    {"ranges.js", {ranges_js, sizeof ranges_js}},
    {"free.js", {free_js, sizeof free_js}},
    {"app.js", {app_js, sizeof app_js}},
};

portolan_file portolan_dashboard_page(void) {
    return (portolan_file){index_html, sizeof index_html};
}

size_t portolan_asset_count(void) {
    return sizeof assets / sizeof assets[0];
}

portolan_asset portolan_asset_at(size_t index) {
    return assets[index];
}

portolan_file portolan_openapi_yaml(void) {
    return (portolan_file){openapi_yaml, sizeof openapi_yaml};
}

portolan_file portolan_openapi_json(void) {
    return (portolan_file){openapi_json, sizeof openapi_json};
}
